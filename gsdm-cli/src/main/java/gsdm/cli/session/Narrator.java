package gsdm.cli.session;

import gsdm.cli.progress.Progress;

/** Tells the user what a session is doing. */
public interface Narrator {

    /** Says something that is nice to know. */
    void note(String line);

    /** Says something that the user should know even when all else is quiet. */
    void warn(String line);

    /** Opens the progress of a task. */
    Progress progress(Progress.Task task);
}
