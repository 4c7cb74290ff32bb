"""Index: puts tagged posts into the store, and only then says that they are done."""
