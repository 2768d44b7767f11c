"""What people do on their pages: one function for each endpoint, over a World and a request."""
