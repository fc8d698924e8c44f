"""What stands around Streamlit."""
