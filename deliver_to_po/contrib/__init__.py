"""What joins the app to other programs, one module each; nothing else of the app needs them."""
