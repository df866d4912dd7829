"""Tests in Chromium against a real server, with the emulator over HTTP."""
