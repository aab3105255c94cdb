"""The revisions of the schema, the oldest first: each says what it changes and from which one."""
