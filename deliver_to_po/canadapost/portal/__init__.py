"""The Developer Portal API of Canada Post: REST, JSON, OAuth 2.0."""
