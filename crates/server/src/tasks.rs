//! The one way to start a task: it is counted, a shutdown waits for it, and at last cuts it off.

use std::{future::Future, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A group of tasks that end together.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    cut: CancellationToken,
}

impl Tasks {
    /// Starts a task.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future + Send + 'static,
        F::Output: Send,
    {
        let cut = self.cut.clone();
        self.tracker.spawn(async move {
            let _ended = cut.run_until_cancelled_owned(task).await;
        });
    }

    /// Waits for all tasks, and drops those that are still at work when the time is over. Answers
    /// how many that were.
    pub async fn finish(&self, grace: Duration) -> usize {
        self.tracker.close();
        if tokio::time::timeout(grace, self.tracker.wait())
            .await
            .is_ok()
        {
            return 0;
        }
        let late = self.tracker.len();
        self.cut.cancel();
        self.tracker.wait().await;
        late
    }
}

/// Lets the requests of an HTTP/2 connection be tasks of the group too.
impl<F> hyper::rt::Executor<F> for Tasks
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, task: F) {
        self.spawn(task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn tasks_are_waited_for_and_then_cut_off() {
        let tasks = Tasks::default();
        tasks.spawn(tokio::time::sleep(Duration::from_secs(5)));
        tasks.spawn(std::future::pending::<()>());
        assert_eq!(tasks.finish(Duration::from_secs(10)).await, 1);
        assert_eq!(tasks.finish(Duration::ZERO).await, 0);
    }
}
