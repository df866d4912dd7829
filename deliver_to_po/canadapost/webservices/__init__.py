"""The older API of Canada Post: REST, XML, HTTP Basic."""
