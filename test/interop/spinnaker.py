"""PACMAN and SpiNNMachine read the SpiNNaker files of a build and trace every sender through its routing tables.

usage: python spinnaker.py FOLDER...
A FOLDER holds machine.json, placements.json, routing_tables.json, n_keys_map.json and keys.json. No board is needed.
The last line is "N passed, M failed"; the exit code is 1 when a check failed.
"""

import contextlib
import io
import json
import os
import sys
import time

counts = {"passed": 0, "failed": 0}


def check(name, ok, detail=""):
    counts["passed" if ok else "failed"] += 1
    print(("ok    " if ok else "FAIL  ") + name + (": " + detail if detail else ""), flush=True)


@contextlib.contextmanager
def checked(name):
    """Counts a block as one check; the block puts what it measured into the list it gets."""
    detail = []
    started = time.time()
    try:
        yield detail
    except Exception as error:  # the tools raise many kinds; each of them is a failed check
        check(name, False, f"{type(error).__name__}: {str(error)[:400]}")
    else:
        check(name, True, ", ".join([*detail, f"{time.time() - started:.1f} s"]))


@contextlib.contextmanager
def quiet():
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def refused(action, kind):
    """True when the action raises this kind of error."""
    try:
        action()
    except kind:
        return True
    return False


def read(folder, name):
    with open(os.path.join(folder, name + ".json"), encoding="utf-8") as f:
        return json.load(f)


def fresh_tools():
    """The tool chain keeps its state in class variables: starts them anew, for a SpiNN-5 machine."""
    from pacman.data.pacman_data_writer import PacmanDataWriter
    from spinn_front_end_common.interface.config_setup import unittest_setup
    from spinn_utilities.config_holder import set_config

    unittest_setup()
    set_config("Machine", "version", "5")
    set_config("Mapping", "router_table_compress_as_far_as_possible", "True")
    return PacmanDataWriter.mock()


def check_schemas(folder):
    from pacman.utilities.file_format_schemas import validate

    for name in ("machine", "placements", "routing_tables", "n_keys_map"):
        with checked(f"{name}.json passes PACMAN's schema"):
            validate(read(folder, name), name + ".json")


def check_machine(folder, writer):
    from spinn_machine.json_machine import machine_from_json

    with checked("SpiNNMachine reads machine.json and finds it valid") as detail:
        machine = machine_from_json(os.path.join(folder, "machine.json"))
        machine.validate()
        writer.set_machine(machine)
        boards = len(machine.ethernet_connected_chips)
        detail += [f"{machine.n_chips} chips", f"{boards} boards", f"{machine.total_available_user_cores} user cores"]
        assert machine.n_chips == 48 * boards == len(read(folder, "machine")["chips"])
    return machine


def check_virtual_machine(machine):
    """Chips, links and cores are those of the tools' own virtual machine of the same size."""
    from spinn_machine.virtual_machine import virtual_machine_by_min_size

    with checked("machine.json equals the tools' virtual machine"):
        own = virtual_machine_by_min_size(machine.width, machine.height)
        assert (own.width, own.height) == (machine.width, machine.height)

        def describe(chip):
            links = sorted((link.source_link_id, link.destination_x, link.destination_y) for link in chip.router.links)
            ethernet = (chip.nearest_ethernet_x, chip.nearest_ethernet_y)
            return (chip.n_processors, ethernet, links, chip.sdram, chip.router.n_available_multicast_entries)

        ours = {(c.x, c.y): describe(c) for c in machine.chips}
        assert ours == {(c.x, c.y): describe(c) for c in own.chips}


def check_placements(folder, machine, writer):
    from pacman.exceptions import PacmanProcessorAlreadyOccupiedError
    from pacman.model.placements import Placements
    from pacman.utilities.json_utils import placement_from_json

    rows = read(folder, "placements")
    with checked("PACMAN reads placements.json") as detail:
        placements = Placements([placement_from_json(row) for row in rows])
        writer.set_placements(placements)
        detail.append(f"{placements.n_placements} cores used")
    with checked("every vertex sits on a core that is not the monitor's"):
        for row in rows:
            chip = machine.get_chip_at(row["x"], row["y"])
            assert row["p"] in chip.placable_processors_ids, row
    twice = [placement_from_json(rows[0])] * 2
    check("a doubly used core is refused", refused(lambda: Placements(twice), PacmanProcessorAlreadyOccupiedError))
    return placements


def search(tables, placements, sender):
    """PACMAN's own trace of one sender to exactly its targets."""
    from pacman.model.routing_info import BaseKeyAndMask
    from pacman.operations.multi_cast_router_check_functionality import valid_routes_checker as routes

    source = placements.get_placement_on_processor(sender["x"], sender["y"], sender["p"])
    targets = [routes.PlacementTuple(x, y, p) for x, y, p in sender["targets"]]
    keys = sender["step"] * sum(to - first for first, to in sender["elements"])
    routes._search_route(source, targets, BaseKeyAndMask(sender["key"], sender["mask"]), tables, keys)


def flipped(rows, sender):
    """The tables with one core bit flipped where a sender's first target gets its packets."""
    x, y, p = sender["targets"][0]
    changed = json.loads(json.dumps(rows))
    table = next(t for t in changed if (t["x"], t["y"]) == (x, y))
    entry = next(e for e in table["entries"] if sender["key"] & e["mask"] == e["key"])
    entry["spinnaker_route"] ^= 1 << (6 + p)
    return changed


def check_routes(folder, placements):
    from pacman.exceptions import PacmanRoutingException
    from pacman.model.routing_tables.multicast_routing_tables import from_json
    from pacman.operations.router_compressors.pair_compressor import verify_lengths

    rows = read(folder, "routing_tables")
    senders = read(folder, "keys")["senders"]
    with checked("PACMAN reads routing_tables.json and all tables fit their routers") as detail:
        tables = from_json(os.path.join(folder, "routing_tables.json"))
        verify_lengths(tables)
        sizes = [len(row["entries"]) for row in rows]
        detail += [f"{sum(sizes)} entries", f"{max(sizes, default=0)} on the fullest chip"]
    with checked("PACMAN traces every sender to exactly its targets") as detail:
        for sender in senders:
            search(tables, placements, sender)
        detail += [f"{len(senders)} senders", f"{sum(len(s['targets']) for s in senders)} deliveries"]
    tried = senders[:: max(1, len(senders) // 10)]
    found = [refused(lambda: search(from_json(flipped(rows, s)), placements, s), PacmanRoutingException) for s in tried]
    check("a flipped route bit is found", all(found), f"{sum(found)} of {len(tried)} tried")
    return tables


def check_compression(tables, writer):
    """The entries that we mark as defaultable may be left out: PACMAN's compressor does, and its checker compares."""
    from pacman.operations.router_compressors import pair_compressor
    from pacman.operations.router_compressors.routing_compression_checker import compare_tables

    with checked("PACMAN compresses the tables without changing a route") as detail:
        writer.set_uncompressed(tables)
        writer.set_precompressed(tables)
        with quiet():
            packed = pair_compressor(ordered=True, accept_overflow=True, verify=False)
        for table in tables:
            smaller = packed.get_routing_table_for_chip(table.x, table.y)
            if smaller is not None:
                compare_tables(table, smaller)
            else:
                assert all(e.defaultable for e in table.multicast_routing_entries)
        detail.append(f"{sum(t.number_of_entries for t in tables)} -> {sum(t.number_of_entries for t in packed)} entries")


def check_folder(folder):
    writer = fresh_tools()
    check_schemas(folder)
    machine = check_machine(folder, writer)
    check_virtual_machine(machine)
    placements = check_placements(folder, machine, writer)
    tables = check_routes(folder, placements)
    check_compression(tables, writer)


def main():
    for folder in map(os.path.abspath, sys.argv[1:]):
        print(f"== {os.path.basename(os.path.dirname(folder))}/{os.path.basename(folder)}")
        try:
            check_folder(folder)
        except Exception as error:  # a check that later ones build on has failed
            check("all checks ran", False, f"{type(error).__name__}: {str(error)[:400]}")
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
