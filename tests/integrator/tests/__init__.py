"""The tests of harbour-connector."""
