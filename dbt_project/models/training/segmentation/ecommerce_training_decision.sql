{{ training_decision('ecommerce') }}
