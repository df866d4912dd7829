"""Answering whoever asks what is held about them: the page, its file, and the log of it."""
