"""Tests in a real browser; a package, so that the browser can end with the last of them."""
