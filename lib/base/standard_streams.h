// OpenStandardStreams: no other file becomes standard input, output or error.
//
// Example:
//   int main(int argc, char** argv) {
//     wirefold::OpenStandardStreams();
//
// A program may be started with one of the descriptors 0, 1 and 2 closed (`wirefoldd 2>&-`, some
// supervisors). The next file that it opens then gets that number, and whatever is meant for
// standard error, from a log line to an assertion's text, is written into it: into a table or a log
// of the database, or a connection. Call it first in main; a program that does also runs it before
// the constructors of the libraries that it uses, some of which open files.
#ifndef WIREFOLD_LIB_BASE_STANDARD_STREAMS_H_
#define WIREFOLD_LIB_BASE_STANDARD_STREAMS_H_

namespace wirefold {

// Gives each closed one of the descriptors 0 to 2 to /dev/null, opened the wrong way around, so
// that reading and writing fail as they do on a closed one. Ends the program where that is
// impossible.
void OpenStandardStreams();

}  // namespace wirefold

#endif  // WIREFOLD_LIB_BASE_STANDARD_STREAMS_H_
