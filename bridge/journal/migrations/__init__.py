"""The schema's history. Every start brings the database to the newest revision or refuses to start."""
