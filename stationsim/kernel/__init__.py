"""The step kernel: the scalar equations of the models, composed into one step of the plant."""
