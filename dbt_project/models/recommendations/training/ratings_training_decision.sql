{{ training_decision('ratings') }}
