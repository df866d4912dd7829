"""The buyer's step: use cases as plain functions, and over them what translates between those and a browser."""
