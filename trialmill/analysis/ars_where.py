"""Conditions as where-clauses of the CDISC Analysis Results Standard 1.0.

The standard compares one variable with values.  A missing value is the empty text there.
"""

from typing import Any

from trialmill.spec.condition import Binary, Expression, In, IsMissing, Literal, Name, Unary, parse

Json = dict[str, Any]

COMPARATORS = {"==": "EQ", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def where_clause(dataset: str, condition: str) -> Json:
    """The condition or compound expression that a part of a reporting event carries.

    Parameters
    ----------
    dataset : str
        Dataset of the columns that name none.
    condition : str
        In the language of the specs.

    Returns
    -------
    dict
        With `condition` or `compoundExpression`; empty where the standard has no words for it: arithmetic, and
        a comparison of two columns.
    """
    return _clause(dataset, parse(condition), 1) or {}


def comparison(dataset: str, variable: str, comparator: str, *values: str) -> Json:
    """A variable compared with values."""
    return {"dataset": dataset, "variable": variable, "comparator": comparator, "value": list(values)}


def _clause(dataset: str, e: Expression, level: int) -> Json | None:
    match e:
        case Binary("and" | "or", _, _):
            return _compound(dataset, e.op.upper(), _operands(e, e.op), level)
        case Unary("not", operand):
            return _compound(dataset, "NOT", [operand], level)
        case Binary(op, Name() as name, Literal() as literal) if op in COMPARATORS:
            return {"condition": _compare(dataset, name, COMPARATORS[op], literal)}
        case Binary(op, Literal() as literal, Name() as name) if op in COMPARATORS:
            return {"condition": _compare(dataset, name, COMPARATORS[TURNED.get(op, op)], literal)}
        case In(Name() as name, values, negated):
            return {"condition": _compare(dataset, name, "NOTIN" if negated else "IN", *values)}
        case IsMissing(Name() as name, negated):
            return {"condition": _compare(dataset, name, "NE" if negated else "EQ", Literal(""))}
    return None


def _compound(dataset: str, operator: str, operands: list[Expression], level: int) -> Json | None:
    clauses = [_clause(dataset, operand, level + 1) for operand in operands]
    stated = [
        {"level": level + 1, "order": order, **clause}
        for order, clause in enumerate(clauses, start=1)
        if clause is not None
    ]
    if len(stated) < len(clauses):
        return None
    return {"compoundExpression": {"logicalOperator": operator, "whereClauses": stated}}


def _operands(e: Expression, op: str) -> list[Expression]:
    """`a and b and c` as three operands."""
    if isinstance(e, Binary) and e.op == op:
        return [*_operands(e.left, op), *_operands(e.right, op)]
    return [e]


def _compare(dataset: str, name: Name, comparator: str, *values: Literal) -> Json:
    *other, variable = name.parts
    texts = [v.value if isinstance(v.value, str) else str(v) for v in values]
    return comparison(other[0] if other else dataset, variable, comparator, *texts)
