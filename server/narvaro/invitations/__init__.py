"""A third person in the call: an SMS link to a guest, a knock, and staff who let them in."""
