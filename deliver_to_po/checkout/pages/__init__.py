"""The buyer's pages: requests in, pages out. What happens is decided by the use cases beside this folder."""
