"""`bptrace step`: cursor, stepper, quiz, frame, window."""
