"""What SQL cannot do itself: raw files, the lock, publishing, rollback and forgetting."""
