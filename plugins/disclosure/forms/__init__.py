"""What people and programs send, field by field (contract.md): one set of models for the API and the console."""
