"""What a plan may consist of: operators that read, functions whose result is no larger than asked.

A list of what is allowed, and not of what is forbidden: a new operator or function of Neo4j is
refused by name until somebody has looked at it.
"""

_OPERATORS = """
    AllNodesScan AntiSemiApply Apply Argument CacheProperties CartesianProduct
    DirectedAllRelationshipsScan DirectedRelationshipIndexContainsScan
    DirectedRelationshipIndexEndsWithScan DirectedRelationshipIndexScan
    DirectedRelationshipIndexSeek DirectedRelationshipIndexSeekByRange
    DirectedRelationshipTypeScan DirectedUnionRelationshipTypesScan Distinct
    DynamicLabelNodeLookup Eager EagerAggregation EmptyResult EmptyRow Expand(All) Expand(Into)
    Filter IntersectionNodeByLabelsScan LeftOuterHashJoin LetAntiSemiApply
    LetSelectOrAntiSemiApply LetSelectOrSemiApply LetSemiApply Limit MultiNodeIndexSeek
    NodeByElementIdSeek NodeByIdSeek NodeByLabelScan NodeCountFromCountStore NodeHashJoin
    NodeIndexContainsScan NodeIndexEndsWithScan NodeIndexScan NodeIndexSeek NodeIndexSeekByRange
    NodeUniqueIndexSeek NodeUniqueIndexSeekByRange Optional OptionalExpand(All)
    OptionalExpand(Into) OrderedAggregation OrderedDistinct OrderedUnion PartialSort PartialTop
    ProduceResults ProjectEndpoints Projection RelationshipCountFromCountStore RightOuterHashJoin
    RollUpApply SelectOrAntiSemiApply SelectOrSemiApply SemiApply Skip Sort Top Top1WithTies
    UndirectedAllRelationshipsScan UndirectedRelationshipIndexContainsScan
    UndirectedRelationshipIndexEndsWithScan UndirectedRelationshipIndexScan
    UndirectedRelationshipIndexSeek UndirectedRelationshipIndexSeekByRange
    UndirectedRelationshipTypeScan UndirectedUnionRelationshipTypesScan Union
    UnionNodeByLabelsScan Unwind ValueHashJoin
"""
OPERATORS = frozenset(_OPERATORS.split())
"""Those without a bound of their own."""

WALKS = ("VarLengthExpand(", "ShortestPath", "StatefulShortestPath(", "Repeat(")
"""How the names of operators begin that follow relationships of a variable number."""

FORBIDDEN = {
    "LoadCSV": ("LOAD CSV reads files and addresses.", r"\bLOAD\b"),
    "ProcedureCall": ("Procedures cannot be called here.", r"\bCALL\b"),
    "TransactionForeach": ("Transactions of its own are for writing.", r"\bCALL\b"),
    "TransactionApply": ("Transactions of its own are for writing.", r"\bCALL\b"),
    "AdministrationCommand": ("Administration is not possible here.", r"\S"),
    "Create": ("It creates something; only reads are allowed.", r"\b(CREATE|INSERT|MERGE)\b"),
    "Merge": ("It creates something; only reads are allowed.", r"\bMERGE\b"),
    "Delete": ("It deletes something; only reads are allowed.", r"\b(DETACH|DELETE)\b"),
    "DetachDelete": ("It deletes something; only reads are allowed.", r"\b(DETACH|DELETE)\b"),
    "Foreach": ("FOREACH is for writing; only reads are allowed.", r"\bFOREACH\b"),
}
"""Operators that many will try: why not, and where in the text to look for them."""

_FUNCTIONS = """
    abs all any avg btrim ceil character_length char_length coalesce collect collect_distinct count
    date date.truncate datetime datetime.fromepoch datetime.fromepochmillis datetime.truncate
    duration duration.between duration.indays duration.inmonths duration.inseconds e elementid
    endnode exists exp floor head id isempty isnan keys labels last left length localdatetime
    localtime log log10 lower ltrim max min nodes none nullif percentilecont percentiledisc pi
    point point.distance properties rand relationships reverse right round rtrim sign single size
    split sqrt startnode stdev stdevp substring sum tail time timestamp toboolean tobooleanornull
    tofloat tofloatornull tointeger tointegerornull tolower tostring tostringornull toupper trim
    type upper valuetype
"""
_PLANNED = """
    coercetopredicate getdegree hasdegree hasdegreegreaterthan hasdegreegreaterthanorequal
    hasdegreelessthan hasdegreelessthanorequal isrepeattrailunique runtimeconstant unique
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
"""Lower-cased names of those that can be called."""
PLANNED = FUNCTIONS | frozenset(_PLANNED.split())
"""The same with what the planner itself writes."""

INSTEAD = {
    "reduce": "Use UNWIND with sum(), count() or collect().",
    "range": "Only UNWIND range(…) AS x is possible: its rows can be stopped, a list cannot.",
    "replace": "It can make texts of any size; use substring(), left() or split().",
}
"""Function → what to write instead of it."""

BOUNDED = ("nodes(", "relationships(", "labels(", "keys(", "$")
"""What a list may be that a list comprehension goes through: such lists are short."""
