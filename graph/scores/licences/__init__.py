"""What declared licences say of the lineage: a verdict on each relationship, terms from above.

Nothing here is legal advice: every statement means that declared terms differ, or that they do not.
A cell of the table that was not read is unknown, and no verdict depends on one.
"""
