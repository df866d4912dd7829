"""What people are told by e-mail: the buyer when a post office is to be chosen, the clerks when none was."""
