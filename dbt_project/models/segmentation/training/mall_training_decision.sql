{{ training_decision('mall') }}
