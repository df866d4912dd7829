"""The crash harness: real workers hand deliveries to the emulator while everything around them breaks."""
