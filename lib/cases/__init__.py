"""What may be done with cases."""
