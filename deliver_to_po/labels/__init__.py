"""Labels on paper, drawn as PDF: takes words, callers translate; knows neither Django nor Canada Post's services."""
