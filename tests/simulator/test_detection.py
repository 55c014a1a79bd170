"""Frames, ROI history and commands as a client sees them (contract sections 4 to 7)."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from nhem_tui.simulator.server import Simulator, SimulatorOptions
from tests.simulator.support import NOON, Bench, Clock, bench

WINDOW = "/data/window-capture?count=200"
ROI_WINDOW = "/data/roi-window-capture?count=500"


def numbered(window: dict[str, Any]) -> dict[int, float]:
    """Values by frame number, as contract section 5 numbers them."""
    first = window["frame_range"][0] + 1
    return {first + i: point["value"] for i, point in enumerate(window["series"])}


async def test_windows_hold_the_true_frames_under_their_numbers() -> None:
    async with bench(running=True) as b:
        seen: dict[int, float] = {}
        for _ in range(20):
            b.clock.go_on(1.7)
            window = await b.get("/data/window-capture?count=100")
            assert window["frame_range"][1] - window["frame_range"][0] == 99 or not seen
            assert window["frame_range"][1] + 1 == window["capture_metadata"]["current_frame_count"]
            seen |= numbered(window)
        truth = {frame.number: frame.value for frame in b.simulator.truth.frames}
        assert seen == truth
        assert list(truth) == list(range(1, len(truth) + 1))


async def test_times_tremble_around_a_rate_below_the_nominal_one() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(100)
        window = await b.get(WINDOW)
        frames = list(b.simulator.truth.frames)
        assert 44.2 < len(frames) / 100 < 44.6
        steps = [later.time - earlier.time for earlier, later in pairwise(frames)]
        assert min(steps) > 10_000
        assert len(set(steps)) > 500
        times = [point["t"] for point in window["series"]]
        assert times[0] == 0
        assert times[-1] == window["capture_metadata"]["capture_duration"]
        assert times[-1] == (frames[-1].time - frames[-100].time) / 1e6


async def test_same_seed_same_values_whoever_looks() -> None:
    watched, alone = Clock(), Clock()
    options = SimulatorOptions(running=True, seed=9)
    first, second = Simulator(options, clock=watched), Simulator(options, clock=alone)
    for _ in range(3000):
        watched.go_on(0.01)
        first.backend.engine.capture_both(watched())
    alone.go_on(30)
    second.backend.engine.advance(alone())
    frames = list(first.truth.frames)
    assert len(frames) > 1300
    assert [f.value for f in frames] == [f.value for f in second.truth.frames]
    other = Simulator(SimulatorOptions(running=True, seed=10), clock=alone)
    alone.go_on(30)
    other.backend.engine.advance(alone())
    assert [f.value for f in other.truth.frames] != [f.value for f in frames]


async def test_two_processes_of_one_seed_differ_in_their_times_alone() -> None:
    first, second = (Simulator(SimulatorOptions(running=True), clock=Clock()) for _ in range(2))
    for simulator in (first, second):
        simulator.backend.engine.advance(NOON + 60_000_000)
    for made in ("frames", "samples"):
        one, other = list(getattr(first.truth, made)), list(getattr(second.truth, made))
        assert len(one) > 100
        assert [item._replace(time=0) for item in one] == [item._replace(time=0) for item in other]
        differences = [x.time - y.time for x, y in zip(one, other, strict=True)]
        same_steps = sum(abs(x - y) <= 3 for x, y in pairwise(differences))
        assert same_steps < len(one) // 20
        assert max(map(abs, differences)) < 1000


async def test_main_values_hold_roi_samples_which_come_at_2_hz_until_the_rate_is_set() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(20)
        samples = (await b.get(ROI_WINDOW))["series"]
        assert [point["roi_index"] for point in samples] == list(range(1, len(samples) + 1))
        assert all(0.5 <= y["t"] - x["t"] < 0.54 for x, y in pairwise(samples))
        values = [frame.value for frame in b.simulator.truth.frames]
        runs = [i for i, (x, y) in enumerate(pairwise(values)) if x != y]
        assert {y - x for x, y in pairwise(runs)} <= {22, 23, 24}
        assert [values[0], *(values[i + 1] for i in runs)] == [p["gray_value"] for p in samples]
        assert (await b.get("/roi/frame-rate"))["frame_rate"] == 4
        await b.post("/roi/frame-rate", frame_rate=30)
        before = b.simulator.backend.engine.sample_count
        b.clock.go_on(10)
        after = (await b.get(ROI_WINDOW))["capture_metadata"]["current_roi_frame_count"]
        assert 200 < after - before < 230  # whole loops: not 300


async def test_roi_history_tells_between_which_frames_its_samples_lie() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(60)
        window = await b.get("/data/roi-window-capture?count=50")
        truth = list(b.simulator.truth.samples)[-50:]
        assert window["main_frame_range"] == [truth[0].main_frame, truth[-1].main_frame]
        assert window["roi_frame_range"] == [truth[0].number - 1, truth[-1].number - 1]
        values = {frame.number: frame.value for frame in b.simulator.truth.frames}
        assert all(values[sample.main_frame + 1] == sample.gray for sample in truth)


async def test_the_buffers_are_bounded() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(400)
        assert len((await b.get(WINDOW))["series"]) == 100
        assert (await b.get("/status"))["buffer_size"] == 100
        window = await b.get(ROI_WINDOW)
        assert len(window["series"]) == window["capture_metadata"]["available_roi_frames"] == 500
        assert window["series"][0]["roi_index"] > 1


async def test_pause_is_stop_and_keeps_everything() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(5)
        running = await b.get("/status")
        for command in ("pause_detection", "stop_detection", "stop_detection"):
            assert (await b.control(command))["status"] == "success"
            b.clock.go_on(3)
            stopped = await b.get("/status")
            assert stopped["status"] == "stopped"
            same = ("frame_count", "current_value", "baseline", "buffer_size")
            assert [stopped[name] for name in same] == [running[name] for name in same]
        await b.control("resume_detection")
        b.clock.go_on(1)
        window = await b.get("/data/window-capture?count=100")
        assert window["capture_metadata"]["current_frame_count"] > running["frame_count"]
        steps = [y["t"] - x["t"] for x, y in pairwise(window["series"])]
        assert len([step for step in steps if step > 8]) == 1  # the pause, in `t` alone


async def test_start_needs_a_live_roi_also_while_running() -> None:
    async with bench(roi_configured=False) as b:
        for _ in range(2):
            response = await b.talker.post("/control", command="start_detection", password="31415")
            assert (response.status, response.body["error_code"]) == (400, "ROI_NOT_CONFIGURED")
            await b.control("resume_detection")
        assert (await b.get("/roi/config"))["config"]["x2"] == 300  # though it is not configured
        await b.control("stop_detection")
        await b.post("/roi/config", x1=0, y1=0, x2=400, y2=300)
        await b.control(" Start_Detection ")
        assert (await b.get("/status"))["status"] == "running"


async def test_without_a_roi_the_server_runs_a_sine_that_begins_anew_at_each_start() -> None:
    async with bench(roi_configured=False) as b:
        for _ in range(2):
            await b.control("resume_detection")
            b.clock.go_on(2)
            await b.control("stop_detection")
        frames = list(b.simulator.truth.frames)
        second = len(frames) // 2  # two stretches of two seconds
        sine = [120 + 10 * math.sin(math.pi * i / 45) for i in range(len(frames))]
        values = [frame.value for frame in frames]
        assert values[:second] == sine[:second]
        assert values[second:] == sine[: len(values) - second]
        assert (await b.talker.get(ROI_WINDOW)).status == 404


async def test_a_small_or_off_screen_roi_means_simulated_data_and_no_pictures() -> None:
    async with bench(running=True) as b:
        for region in ((10, 10, 59, 200), (5000, 100, 5200, 300)):
            await b.post("/roi/config", **dict(zip(("x1", "y1", "x2", "y2"), region, strict=True)))
            b.clock.go_on(1)
            dual = await b.get("/data/dual-realtime?count=3")
            assert dual["series"] == []
            data = dual["dual_roi_data"]
            assert data["roi1_data"]["pixels"] == "roi1_capture_failed"
            assert data["roi2_data"]["pixels"] == "roi2_extract_failed"
            assert data["roi1_data"]["format"] == "text"
            assert data["roi1_data"]["gray_value"] == dual["baseline"]
            value = (await b.get("/status"))["current_value"]
            assert any(
                math.isclose(value, 120 + 10 * math.sin(math.pi * i / 45)) for i in range(90)
            )


async def test_status_describes_the_newest_frame() -> None:
    async with bench(running=True) as b:
        empty = await b.get("/status")
        assert (empty["frame_count"], empty["buffer_size"]) in ((0, 0), (1, 1))
        b.clock.go_on(10)
        status = await b.get("/status")
        frames = list(b.simulator.truth.frames)
        assert (status["frame_count"], status["current_value"]) == frames[-1][1::2]
        mean = sum(frame.value for frame in frames[-45:]) / 45
        assert math.isclose(status["baseline"], mean)
        assert status["peak_signal"] is None


async def test_without_frames_there_is_nothing_to_capture() -> None:
    async with bench() as b:
        for path in ("/data/window-capture", "/data/roi-window-capture"):
            response = await b.talker.get(path)
            assert response.status == 404
            assert response.body["error_message"] == "No data available for capture"


async def poll(b: Bench, path: str) -> set[int]:
    """Ask ten times a second for six seconds; return the kinds of samples this added."""
    before = b.simulator.backend.engine.sample_count
    for _ in range(60):
        b.clock.go_on(0.1)
        await b.get(path)
    return {sample.kind for sample in list(b.simulator.truth.samples)[before:]}


async def test_realtime_pollutes_the_roi_history_and_dual_realtime_does_not() -> None:
    async with bench(running=True) as b:
        assert await poll(b, "/data/dual-realtime?count=1") == {2}
        assert await poll(b, "/data/realtime?count=1") == {1, 2}


async def test_realtime_gives_copies_of_one_value_and_no_history() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(3)
        reply = await b.get("/data/realtime?count=5")
        gray = reply["roi_data"]["gray_value"]
        assert reply["series"] == [{"t": i / 4, "value": gray} for i in range(5)]
        assert gray != (await b.get("/status"))["current_value"]  # ROI 1, not ROI 2
        dual = await b.get("/data/dual-realtime?count=2")
        held = dual["dual_roi_data"]["roi2_data"]["gray_value"]
        assert [point["value"] for point in dual["series"]] == [held, held]


async def test_without_a_roi_dual_realtime_counts_zero_frames() -> None:
    async with bench(roi_configured=False) as b:
        await b.control("resume_detection")
        b.clock.go_on(2)
        dual = await b.get("/data/dual-realtime?count=1")
        assert (dual["frame_count"], dual["baseline"], dual["peak_signal"]) == (0, 0.0, None)
        assert dual["dual_roi_data"]["roi2_data"]["pixels"] == "roi_not_configured"
        realtime = await b.get("/data/realtime?count=30")
        assert realtime["roi_data"]["pixels"] == "roi_not_configured"
        assert realtime["roi_data"]["gray_value"] == realtime["baseline"]
        newest = list(b.simulator.truth.frames)[-30:]
        assert [point["value"] for point in realtime["series"]] == [f.value for f in newest]


async def test_a_roi_half_off_the_screen_reads_low() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(1)
        await b.post("/roi/config", x1=1720, y1=0, x2=1920, y2=150)
        whole = (await b.post("/roi/capture"))["roi_data"]["gray_value"]
        await b.post("/roi/config", x1=1820, y1=0, x2=2020, y2=150)
        half = (await b.post("/roi/capture"))["roi_data"]["gray_value"]
        assert math.isclose(half, whole / 2, rel_tol=0.05)


async def test_a_capture_works_while_stopped_and_adds_a_sample_of_roi_1() -> None:
    async with bench() as b:
        reply = await b.post("/roi/capture")
        assert reply["config"] == {"x1": 100, "y1": 100, "x2": 300, "y2": 250}
        window = await b.get("/data/roi-window-capture")
        assert [p["gray_value"] for p in window["series"]] == [reply["roi_data"]["gray_value"]]
        assert [sample.kind for sample in b.simulator.truth.samples] == [1]


async def test_peaks_over_the_window_are_those_of_its_series() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(120)
        reply = await b.get("/data/roi-window-capture-with-peaks?count=100&threshold=105")
        results = reply["peak_detection_results"]
        assert results["total_peaks"] == results["green_peak_count"] + results["red_peak_count"] > 2
        grays = [point["gray_value"] for point in reply["series"]]
        for start, end in results["green_peaks"] + results["red_peaks"]:
            assert max(grays[start : end + 1]) >= 105
        assert [point["t"] for point in reply["series"]] == [i / 60 for i in range(100)]
        assert reply["series"][0]["roi_index"] == reply["roi_frame_range"][0] + 1


async def test_without_history_a_curve_is_invented() -> None:
    async with bench() as b:
        reply = await b.get("/data/roi-window-capture-with-peaks?count=60")
        assert reply["success"]
        assert reply["series"][0]["roi_index"] == 0
        assert reply["roi_frame_range"][1] == -1
        assert reply["main_frame_range"][0] == 1000
        metadata = reply["capture_metadata"]
        assert (metadata["available_roi_frames"], metadata["roi_buffer_size"]) == (0, 0)
        assert all(20 <= point["gray_value"] <= 180 for point in reply["series"])
        b.clock.go_on(1)
        again = await b.get("/data/roi-window-capture-with-peaks?count=60")
        assert again["series"] != reply["series"]


async def test_force_refresh_takes_extra_samples() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(2)
        before = (await b.get(ROI_WINDOW))["capture_metadata"]["current_roi_frame_count"]
        for _ in range(20):
            b.clock.go_on(0.05)
            await b.get("/data/roi-window-capture-with-peaks?force_refresh=true")
        after = (await b.get(ROI_WINDOW))["capture_metadata"]["current_roi_frame_count"]
        assert after - before > 15


async def test_a_restart_begins_at_zero_and_forgets_its_roi() -> None:
    async with bench(running=True) as b:
        await b.post("/roi/frame-rate", frame_rate=20)
        await b.post("/roi/config", x1=0, y1=0, x2=400, y2=300)
        b.clock.go_on(5)
        assert (await b.get("/status"))["frame_count"] > 200
        b.simulator.restart()
        assert await b.talker.ended()
        await b.talker.open()
        status = await b.get("/status")
        assert (status["status"], status["frame_count"], status["buffer_size"]) == ("stopped", 0, 0)
        assert (await b.get("/roi/config"))["config"]["x2"] == 400  # of the file
        response = await b.talker.post("/control", command="start_detection", password="31415")
        assert response.body["error_code"] == "ROI_NOT_CONFIGURED"
        await b.post("/roi/config", x1=0, y1=0, x2=400, y2=300)
        await b.control("start_detection")
        b.clock.go_on(5)
        samples = (await b.get(ROI_WINDOW))["series"]
        assert samples[0]["roi_index"] == 1
        assert 9 <= len(samples) <= 11  # 2 Hz again
        assert {frame.process for frame in b.simulator.truth.frames} == {1, 2}


async def test_a_restart_may_keep_roi_and_state() -> None:
    async with bench(running=True) as b:
        b.clock.go_on(5)
        b.simulator.restart(keep_roi=True, running=True)
        await b.talker.open()
        b.clock.go_on(1)
        status = await b.get("/status")
        assert status["status"] == "running"
        first, second = (
            [frame.value for frame in b.simulator.truth.frames if frame.process == process][:40]
            for process in (1, 2)
        )
        assert len(second) == 40
        assert first != second  # another stretch of the scene, not the same one again
        assert 0 < status["frame_count"] < 50
        assert (await b.get(ROI_WINDOW))["series"]
