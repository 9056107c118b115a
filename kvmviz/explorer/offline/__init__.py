"""The explorer as one offline file: what goes in, how it is written down, and how the file comes about.

A page holds every scenario of its trees.  Runs share nearly everything, so they are
taken apart: a run is a few segments (its phases), a segment a few chunks (what
happens to one table), a chunk a few atoms (steps with all their words).  The
browser puts a view together from these; every word, count, alignment and summary
in it was computed here.
"""
