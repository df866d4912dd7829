"""What every room leans on: settings, words of states, language, provinces, wording, the shared cache, the carrier."""
