"""Analysis: what a selection of posts is about, and what figures about it can be trusted with."""
