"""Patch mails as people have them: read, their quoting taken off, their hunks mended.

A mail is text that somebody else wrote.  Nothing in it is run, fetched or written to disk here.
"""
