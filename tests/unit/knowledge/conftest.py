"""A small knowledge folder in which nothing is wrong; each test spoils one thing in it."""

from __future__ import annotations

from pathlib import Path

import pytest

SOURCES = """documents:
  rapport:
    title: Sluttrapport
    publisher: Universitetet
    year: 2021
    file: rapport.txt
    headings:
      - title: 1. Innledning
      - title: "Appendiks 1: Forberedelsesfasen"
  lysark:
    title: Et lysark
    publisher: Kommunen
    file: lysark.txt
    headings:
      - title: Forside
"""

WORDS = """words:
  - pattern: '\\bbrukere\\b'
    better: innbygger
    explained_in: [dugnad]
"""

DUGNAD = """---
id: dugnad
title: Hva er dugnad?
short: Dugnad
topic: begrepet
phase: forberedelse
steps: [god-tid]
see_also:
  - maltid
  - forberedelse
sources:
  - {source: rapport, heading: "1. Innledning"}
  - {source: lysark, heading: Forside, page: 4}
questions:
  - Hva er en dugnad?
  - dugnad forklaring
  - Kva er dugnad?
  - ka e dugnad
  - Hvem er med på dugnad?
  - What is dugnad?
  - Vi maler et gjerde i lag
  - dugnat
---
Dugnad er arbeid i lag.

Alle tar del.
"""

MALTID = """---
id: maltid
title: Et måltid sammen
short: Måltid
topic: caser
phase: null
steps: []
see_also: [dugnad, elefanten]
sources:
  - {source: lysark, heading: Forside}
questions:
  - Hvorfor spise sammen?
  - mat på møtet
  - Kvifor ete i lag?
  - kaffi
  - Hvem lager maten?
  - Why eat together?
  - Alle sitter stive rundt bordet
  - maltd
---
De spiste først.
"""

FORBEREDELSE = """---
id: forberedelse
title: Forberedelsesfasen
short: Forberedelse
source: {source: rapport, heading: "Appendiks 1: Forberedelsesfasen"}
strands: []
questions:
  - Hva gjør vi først?
  - Hva skjer i forberedelsen?
  - Korleis førebur vi oss?
  - ka gjør vi først
  - forberedelse
  - What comes first?
  - Vi aner ikke hvor vi skal starte
  - forbredelse
see_also: [dugnad]
---
Her blir dere klare.

## Beregn god tid {#god-tid}

Kort: God tid
Kilde: {source: rapport, heading: "1. Innledning"}
Kilde: {source: rapport, heading: "Appendiks 1: Forberedelsesfasen"}
Se også: elefanten, dugnad

### Hva
Sett av tid.

### Hvorfor
Det tar tid.

### Snakk sammen
Hva haster?

### Fortell mer
En ansatt ville ha mer tid.

### Spørsmål
- Hvor god tid trenger vi?
- Er et møte nok?
- Kor lang tid?
- kor my ti
- tidsbruk
- How much time?
- Vi har bare en formiddag
- tids bruk

## Snakk om elefanten {#elefanten}

Kilde: {source: lysark, heading: Forside}
Se også: god-tid

### Hva
Si det høyt.

### Hvorfor
Det hjelper.

### Snakk sammen
Hva er elefanten?

### Fortell mer
Noen var redde.

### Spørsmål
- Hva er elefanten i rommet?
- Hvem er imot?
- Kven er imot?
- ingen sei nåkka høgt
- elefant
- What is the elephant?
- Det ble stille da jeg spurte
- elefannt
"""

FILES = {
    "sources.yml": SOURCES,
    "words.yml": WORDS,
    "concepts/dugnad.md": DUGNAD,
    "cases/maltid.md": MALTID,
    "guide/forberedelse.md": FORBEREDELSE,
}


class Knowledge:
    """A knowledge folder on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace what stands once in a file."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    """The folder in which nothing is wrong."""
    return Knowledge(tmp_path / "knowledge")
