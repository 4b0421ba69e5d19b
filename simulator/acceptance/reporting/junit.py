"""Verdicts as JUnit's XML, which every CI server reads: a suite a feature, a case a scenario.

A `@choice` answered otherwise, and what a bridge cannot be asked, are skipped cases with the reason.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as Xml

from simulator.acceptance.catalogue import Catalogue, Scenario
from simulator.acceptance.grading import FAILED, GOOD, NOT_RUN

Json = dict[str, Any]


def as_xml(catalogue: Catalogue, name: str, verdicts: Mapping[str, str], failed: Mapping[str, Json]) -> str:
    """The file's content."""
    suites = Xml.Element("testsuites", name=name)
    for path, mine in groupby(catalogue.scenarios, lambda each: each.path):
        cases = [_case(each, verdicts.get(each.key, NOT_RUN), failed.get(each.key)) for each in mine]
        suite = Xml.SubElement(
            suites, "testsuite", {"name": path, "tests": str(len(cases)), **_counts(cases)}
        )
        suite.extend(cases)
    Xml.indent(suites)
    return Xml.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _case(scenario: Scenario, verdict: str, found: Json | None) -> Xml.Element:
    case = Xml.Element("testcase", classname=scenario.path, name=scenario.name)
    if verdict in GOOD:
        return case
    kind = "failure" if verdict == FAILED else "skipped"
    told = Xml.SubElement(case, kind, message=verdict)
    if found and found["exchange"]:
        told.text = f"expected: {found['exchange']['expected']}\nseen: {found['exchange']['seen']}"
    return case


def _counts(cases: list[Xml.Element]) -> dict[str, str]:
    return {
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
