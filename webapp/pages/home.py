"""The first page: a search field, the graph in numbers, and where to start."""

from flask import Blueprint

from graph.answers.home import HomeAnswer
from graph.answers.home import home as read_home
from graph.answers.query import Reader
from webapp.hub_map import has_map
from webapp.page import Page, page
from webapp.pages.dashboard import MADE_WORDS, growth_chart

bp = Blueprint("home", __name__)


@page(bp, "/", "home.html", table="families")
def home(read: Reader) -> Page[HomeAnswer]:
    """Numbers, the most influential models and authors, the largest families."""
    found = read_home(read)
    return Page(
        found,
        view={
            "growth_chart": growth_chart(found.growth, "month"),
            "MADE_WORDS": MADE_WORDS,
            "has_map": has_map(),
        },
    )
