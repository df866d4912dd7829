"""Map tiles drawn by the emulator itself, so that a map shows something without the internet."""
