"""Runs, comparisons and reports as plain ASCII of at most 72 columns, fit for a mail.

Standard library only; nothing here knows of pictures.
"""
