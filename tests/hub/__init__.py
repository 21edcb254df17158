"""A local Hub: a small server that speaks the Hub's interfaces, for tests and demonstrations.

```python
with serve(Content.read(path)) as hub:
    requests.get(f"{hub.url}/api/models?limit=10")
```

`python -m tests.hub FILE` serves a record file, `python -m tests.hub --models N` the made-up Hub of
`bench.hub`.
"""

from tests.hub.content import Content
from tests.hub.messages import Answer, Request
from tests.hub.quota import Quota
from tests.hub.server import Hub, serve

__all__ = ["Answer", "Content", "Hub", "Quota", "Request", "serve"]
