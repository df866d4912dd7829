"""Lengths on paper in points, as PDF counts them; here so that knowing them loads no library."""

INCH = 72.0
CM = INCH / 2.54
LETTER = (8.5 * INCH, 11 * INCH)
