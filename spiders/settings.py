"""Scrapy's settings for every spider, from the settings of hubgraph.

Manners first: robots.txt is obeyed, few requests go at a time, the user agent says who asks, and
certificates are checked, which Scrapy by itself does not do.
"""

from graph import __version__
from graph.settings import load_settings
from spiders.hub.answers import LARGEST
from spiders.hub.quota import Route

_settings = load_settings()

BOT_NAME = "hubgraph"
SPIDER_MODULES = ["spiders"]
ITEM_PIPELINES = {"spiders.writing.pipelines.WritePipeline": 500}
LOG_LEVEL = _settings.log_level.upper()
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

HUB_URL = _settings.hub_url
HUB_AVATARS = _settings.avatar_url
HUB_TOKEN = _settings.hf_token
"""A `SecretStr`, so that it shows itself nowhere; only `TokenMiddleware` opens it."""
HUB_CLOCK_SPEED = 1.0
"""Seconds of the quota in each second; others than 1 are for a local Hub whose clock runs fast."""

USER_AGENT = f"hubgraph/{__version__}" + (
    f" (+{_settings.user_agent_url})" if _settings.user_agent_url else ""
)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "application/json, text/html;q=0.9, */*;q=0.1",
    "Accept-Encoding": "gzip",
}
ROBOTSTXT_OBEY = True
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
REDIRECT_MAX_TIMES = 5

CONCURRENT_REQUESTS = _settings.crawl_concurrency * len(Route)
CONCURRENT_REQUESTS_PER_DOMAIN = _settings.crawl_concurrency
CONCURRENT_ITEMS = 1
"""An answer gives one page; Scrapy makes so many tasks for each answer, whatever it gives."""
DOWNLOAD_TIMEOUT = _settings.crawl_timeout_s
DOWNLOAD_MAXSIZE = LARGEST
DOWNLOAD_VERIFY_CERTIFICATES = True
RETRY_TIMES = _settings.crawl_max_retries

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "spiders.asking.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "spiders.asking.retries.RetryMiddleware": 595,
    "spiders.asking.middlewares.QuotaMiddleware": 950,
    "spiders.asking.middlewares.TokenMiddleware": 960,
}
"""In the order of a request. An answer comes the other way: the token is taken off it first, its
quota is read, it may be cached; it is judged before it is unpacked."""

HTTPCACHE_ENABLED = False
HTTPCACHE_IGNORE_HTTP_CODES = [301, 302, 307, 308, 408, 429, 500, 502, 503, 504]

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
