"""Records: what is known of a model, an author, a dataset or a Space, or happened to a model.

Files and crawlers share their form, which is described in `docs/records.md`.
"""
