{{ training_decision('leads') }}
