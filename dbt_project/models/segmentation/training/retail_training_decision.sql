{{ training_decision('retail') }}
