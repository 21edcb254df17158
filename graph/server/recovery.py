"""Clean up after a kill: stop servers and tools that were left, delete stray folders."""

from dataclasses import replace

from graph.progress import Progress
from graph.server import folders
from graph.server.claims import Task, forget_task, if_no_task, task_of, task_runs
from graph.server.home import Home
from graph.server.java import process_mark
from graph.server.process import State, left_over, read_state, write_state
from graph.server.scratch import clear_scratch


def settle(home: Home, progress: Progress) -> State | None:
    """End what a killed command left running, and delete what it left of a new database.

    Does nothing while an import, a restore or a backup is running. Call it under `home.lock`.
    Returns the state of the server; if its process runs, it serves the data folder in service.

    Raises:
        ServerError: an import or a restore is just making a new database ready.
    """
    state = read_state(home.state)
    with if_no_task(home) as nobody:
        if not nobody:
            if is_making_ready(home, state):
                raise task_runs(home, "The new graph serves once it is complete.")
            return state
        if task := cut_off_task(home):
            progress.note(cut_off(task))
        if state and state.process and (state.data != home.data.name or state.is_ending):
            progress.stage("Stopping what was left")
            state.process.stop()
            state = replace(state, process=None, ready=False, data=home.data.name)
            write_state(home.state, state)
        stop_left_over(home, kept=state)
        try:
            folders.sweep(home.root)
            clear_scratch(home)
        except OSError as error:
            progress.note(f"{error.filename} cannot be deleted: {error.strerror}.")
        forget_task(home)
    return state


def stop_left_over(home: Home, kept: State | None) -> None:
    """Stop every server and tool of the home, except the server of this state."""
    for process in left_over(process_mark(home), kept.process if kept else None):
        process.stop()


def is_making_ready(home: Home, state: State | None) -> bool:
    """Whether the task that runs has put its own server in the place of the one in service."""
    task = task_of(home)
    return bool(task and state and state.data == task.folder != home.data.name)


def cut_off_task(home: Home) -> Task | None:
    """The import, restore or backup that ended without completing or undoing what it began."""
    task = task_of(home)
    over = task is not None and not task.process.is_alive
    return task if task and over and task.folder != home.data.name else None


def cut_off(task: Task) -> str:
    """One sentence on a task that was cut off."""
    return f"{task.title} was cut off; the graph is what it was before."
