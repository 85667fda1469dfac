"""The page of old listings is found by their names, and each listing has its four parts."""

import re

import nbformat
import pytest

from places import ROOT

PAGE = ROOT / "notebooks" / "old_listings.ipynb"
CELLS = nbformat.read(PAGE, as_version=4).cells
TEXT = "\n".join(cell.source for cell in CELLS)
SECTIONS = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
# What people search for.
NAMES = (
    "data.npy", "[500, 300, 3]", "dict of 1000 arrays", "mmap_mode", "memmapped.dat", "del f",
    "small_test.mmap", "bigger_test.mmap", "10e6", "engines", "example.zarr", 'mode="a"',
    "example.hdf5", "f0_100", "[20:25]", ".value", "Particle", "table.where", "iterrows",
    "openFile", "pack_array", "10^8", "nonposx", "%timeit", "loadtxt_worker", "in_queue",
    "out_queue", "Pool.map", "SharedMemory",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_listing_is_found_by_its_names(name):
    assert name in TEXT


def test_each_listing_has_its_parts():
    assert len(SECTIONS) == 10
    for number, section in enumerate(SECTIONS, start=1):
        assert section.startswith(f"{number}. ")
        for part in ("**As people have it", "**Today.**", "**Now.**", "**Explained in**"):
            assert part in section, f"{part} is missing in {section.splitlines()[0]}"
        explained = section.partition("**Explained in**")[2]
        assert re.search(r"\]\(\d\d_\w+\.ipynb\)", explained), "no lesson is named"


def test_each_listing_is_held_to_what_is_said():
    for section in SECTIONS:
        assert section.count("assert ") >= 2, section.splitlines()[0]


def test_its_links_lead_to_files():
    targets = set(re.findall(r"\]\(([^)#\s]+)", TEXT))
    assert targets and [t for t in targets if not (PAGE.parent / t).is_file()] == []


def test_it_is_reached_from_everywhere():
    for page in ("README.md", "docs/index.md"):
        assert f"({PAGE.relative_to(ROOT)})" in (ROOT / page).read_text("utf-8"), page
    lessons = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    apart = {p.stem for p in lessons if "(old_listings.ipynb)" not in p.read_text("utf-8")}
    assert not apart


def test_it_is_stored_without_outputs():
    assert [cell for cell in CELLS if cell.cell_type == "code" and cell.outputs] == []
