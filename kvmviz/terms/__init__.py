"""What can be said of a teardown: its events, the states of a page, the words for both.

Standard library only; nothing here knows of a run.
"""
