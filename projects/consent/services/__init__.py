"""What is done to households, rounds, answers, links and visits; every act writes its audit entry."""
