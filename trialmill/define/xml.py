"""Write the content of a define as XML (Define-XML 2.1, chapter 5)."""

from __future__ import annotations

from lxml import etree

from trialmill.define.identifiers import Identifiers, identify, item_oid
from trialmill.define.model import Codelist, Dataset, Define, Item, Standard, Value, Variable, WhereClause

ODM = "http://www.cdisc.org/ns/odm/v1.3"
DEF = "http://www.cdisc.org/ns/def/v2.1"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
PREFIXES = {"def": DEF, "xlink": XLINK, "xml": XML}

DEFINE_VERSION = "2.1.0"
ODM_VERSION = "1.3.2"
CODE_CONTEXT = "nci:ExtCodeID"


def _qualified(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{PREFIXES.get(prefix, ODM)}}}{local}"


def _add(
    parent: etree._Element, name: str, text: str | None = None, /, **attributes: object
) -> etree._Element:
    """Append an element; attributes that are None or empty are left out, `def_X` stands for ``def:X``."""
    element = etree.SubElement(parent, _qualified(name))
    for key, value in attributes.items():
        if value is None or value == "":
            continue
        prefix, _, local = key.rpartition("_")
        element.set(_qualified(f"{prefix}:{local}") if prefix else local, _word(value))
    element.text = text
    return element


def _word(value: object) -> str:
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else str(value)


def _described(parent: etree._Element, text: str, name: str = "Description") -> None:
    translated = _add(_add(parent, name), "TranslatedText", text)
    translated.set(_qualified("xml:lang"), "en")


def to_xml(define: Define) -> bytes:
    """The document, in UTF-8; the same content gives the same bytes.

    Parameters
    ----------
    define : Define

    Raises
    ------
    ValueError
        If a text holds a character that XML cannot hold.
    """
    root = etree.Element(_qualified("ODM"), nsmap={None: ODM, "def": DEF, "xlink": XLINK})
    oid = f"{define.study}.{define.standard.name}"
    for key, value in {
        "ODMVersion": ODM_VERSION,
        "FileType": "Snapshot",
        "FileOID": f"DEFINE.{oid}",
        "CreationDateTime": define.created.isoformat(timespec="seconds"),
        "SourceSystem": "trialmill",
        "SourceSystemVersion": define.version,
    }.items():
        root.set(key, value)
    root.set(_qualified("def:Context"), "Submission")
    study = _add(root, "Study", OID=f"STDY.{define.study}")
    names = _add(study, "GlobalVariables")
    _add(names, "StudyName", define.study)
    said = f"{define.title.rstrip('.')}. {define.description}" if define.description else define.title
    _add(names, "StudyDescription", said)
    _add(names, "ProtocolName", define.protocol)
    title = f"Study {define.study}, data definitions, {define.standard.name} {define.standard.version}"
    version = _add(
        study,
        "MetaDataVersion",
        OID=f"MDV.{oid}",
        Name=title,
        Description=title,
        def_DefineVersion=DEFINE_VERSION,
    )
    _Document(version, define, identify(define)).write()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


class _Document:
    """Fills a MetaDataVersion, section by section in the order of the schema."""

    def __init__(self, version: etree._Element, define: Define, ids: Identifiers) -> None:
        self.version, self.define, self.ids = version, define, ids

    def write(self) -> None:
        listed = _add(self.version, "def:Standards")
        for standard, oid in self.ids.standards.items():
            _standard(listed, standard, oid)
        for dataset in self.define.datasets:
            for variable in dataset.variables:
                if variable.values:
                    self._value_list(dataset, variable)
        for clause, oid in self.ids.clauses.items():
            _where_clause(self.version, clause, oid)
        for dataset in self.define.datasets:
            self._dataset(dataset)
        for dataset in self.define.datasets:
            for variable in dataset.variables:
                values = _value_list_oid(dataset, variable) if variable.values else ""
                self._item(item_oid(dataset, variable), variable.item, values)
                for number, value in enumerate(variable.values, 1):
                    self._item(item_oid(dataset, variable, number), value.item, "")
        for codelist in self.ids.codelists:
            self._codelist(codelist)
        for text, named in self.ids.methods.items():
            _described(
                _add(self.version, "MethodDef", OID=named.oid, Name=named.name, Type="Computation"), text
            )
        for text, oid in self.ids.comments.items():
            _described(_add(self.version, "def:CommentDef", OID=oid), text)

    def _method(self, item: Item) -> str | None:
        return self.ids.methods[item.method].oid if item.method else None

    def _comment(self, text: str) -> str | None:
        return self.ids.comments[text] if text else None

    def _value_list(self, dataset: Dataset, variable: Variable) -> None:
        listed = _add(self.version, "def:ValueListDef", OID=_value_list_oid(dataset, variable))
        for number, value in enumerate(variable.values, 1):
            self._value_ref(listed, item_oid(dataset, variable, number), number, value)

    def _value_ref(self, parent: etree._Element, oid: str, number: int, value: Value) -> None:
        reference = _add(
            parent,
            "ItemRef",
            ItemOID=oid,
            OrderNumber=number,
            Mandatory=False,
            MethodOID=self._method(value.item),
        )
        for clause in value.clauses:
            _add(reference, "def:WhereClauseRef", WhereClauseOID=self.ids.clauses[clause])

    def _dataset(self, dataset: Dataset) -> None:
        group = _add(
            self.version,
            "ItemGroupDef",
            OID=f"IG.{dataset.name}",
            Name=dataset.name,
            Repeating=dataset.repeating,
            IsReferenceData=dataset.reference,
            SASDatasetName=dataset.name,
            Domain=dataset.domain,
            Purpose=dataset.purpose,
            def_Structure=dataset.structure,
            def_StandardOID=self.ids.standards[dataset.standard] if dataset.standard else None,
            def_IsNonStandard=None if dataset.standard else True,
            def_HasNoData=None if dataset.has_data else True,
            def_CommentOID=self._comment(dataset.comment),
            def_ArchiveLocationID=f"LF.{dataset.name}" if dataset.file else None,
        )
        _described(group, dataset.label)
        for number, variable in enumerate(dataset.variables, 1):
            _add(
                group,
                "ItemRef",
                ItemOID=item_oid(dataset, variable),
                OrderNumber=number,
                Mandatory=variable.mandatory,
                KeySequence=variable.key,
                MethodOID=self._method(variable.item),
                Role=variable.role,
                def_IsNonStandard=None if variable.standard else True,
                def_HasNoData=None if variable.has_data else True,
            )
        if dataset.domain_label:
            _add(group, "Alias", Context="DomainDescription", Name=dataset.domain_label)
        klass = _add(group, "def:Class", Name=dataset.klass)
        if dataset.subclass:
            _add(klass, "def:SubClass", Name=dataset.subclass)
        if dataset.file:
            leaf = _add(group, "def:leaf", ID=f"LF.{dataset.name}", xlink_href=dataset.file)
            _add(leaf, "def:title", dataset.file)

    def _item(self, oid: str, item: Item, value_list: str) -> None:
        element = _add(
            self.version,
            "ItemDef",
            OID=oid,
            Name=item.name,
            DataType=item.type.name,
            Length=item.type.length,
            SignificantDigits=item.type.digits,
            SASFieldName=item.name,
            def_DisplayFormat=item.format,
            def_CommentOID=self._comment(item.comment),
        )
        _described(element, item.label)
        if item.codelist is not None:
            _add(element, "CodeListRef", CodeListOID=self.ids.codelists[item.codelist].oid)
        for origin in item.origins:
            stated = _add(element, "def:Origin", Type=origin.type, Source=origin.source)
            if origin.text:
                _described(stated, origin.text)
        if value_list:
            _add(element, "def:ValueListRef", ValueListOID=value_list)

    def _codelist(self, codelist: Codelist) -> None:
        named, standard = self.ids.codelists[codelist], codelist.standard
        listed = _add(
            self.version,
            "CodeList",
            OID=named.oid,
            Name=named.name,
            DataType=codelist.data_type,
            def_StandardOID=self.ids.standards[standard] if standard else None,
            def_IsNonStandard=None if standard else True,
        )
        for number, term in enumerate(codelist.terms, 1):
            kind = "CodeListItem" if codelist.decoded else "EnumeratedItem"
            entry = _add(
                listed,
                kind,
                CodedValue=term.value,
                OrderNumber=number,
                def_ExtendedValue=True if term.extended else None,
            )
            if codelist.decoded:
                _described(entry, term.decode, "Decode")
            if term.code:
                _add(entry, "Alias", Context=CODE_CONTEXT, Name=term.code)
        if codelist.code:
            _add(listed, "Alias", Context=CODE_CONTEXT, Name=codelist.code)


def _value_list_oid(dataset: Dataset, variable: Variable) -> str:
    return f"VL.{dataset.name}.{variable.item.name}"


def _standard(parent: etree._Element, standard: Standard, oid: str) -> None:
    _add(
        parent,
        "def:Standard",
        OID=oid,
        Name=standard.name,
        Type=standard.type,
        PublishingSet=standard.publishing_set,
        Version=standard.version,
        Status="Final",
    )


def _where_clause(parent: etree._Element, clause: WhereClause, oid: str) -> None:
    element = _add(parent, "def:WhereClauseDef", OID=oid)
    for check in clause.checks:
        condition = _add(
            element,
            "RangeCheck",
            Comparator=check.comparator,
            SoftHard="Soft",
            def_ItemOID=f"IT.{check.dataset}.{check.variable}",
        )
        for value in check.values:
            _add(condition, "CheckValue", value)
