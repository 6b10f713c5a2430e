"""Nothing lost: clients, faults, a history of every request, and a checker that decides requirement G1."""
