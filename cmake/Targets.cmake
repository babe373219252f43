# Flags that every target of ours gets, and the two functions that declare libraries and tests.
add_library(wirefold_flags INTERFACE)
target_include_directories(wirefold_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(wirefold_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 sees overlapping copies in any std::string concatenation (gcc.gnu.org/PR105651).
  target_compile_options(wirefold_flags INTERFACE -Wno-restrict)
endif()
if(WIREFOLD_WERROR)
  target_compile_options(wirefold_flags INTERFACE -Werror)
endif()
if(WIREFOLD_SANITIZE)
  target_compile_options(wirefold_flags INTERFACE -fsanitize=${WIREFOLD_SANITIZE}
                         -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(wirefold_flags INTERFACE -fsanitize=${WIREFOLD_SANITIZE})
endif()

# wirefold_library(NAME SOURCES a.cc … DEPS target …)
function(wirefold_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC wirefold_flags ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# wirefold_test(NAME LABEL unit SOURCES a_test.cc … DEPS target …): one GoogleTest program.
# A test finds its data through WIREFOLD_SOURCE_DIR and, for the real files, WIREFOLD_TEST_DATA.
function(wirefold_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE wirefold_flags ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE WIREFOLD_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  if(WIREFOLD_SANITIZE MATCHES thread)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT
      "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp")
  endif()
endfunction()

# wirefold_program_test(name label timeout): a black-box test of the two programs, in Python, NAME.py
# beside the CMakeLists.txt that declares it. Exit code 77 says that it was left out, and why.
function(wirefold_program_test name label timeout)
  add_test(NAME ${name}
           COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/${name}.py)
  set_tests_properties(${name} PROPERTIES
    LABELS ${label}
    TIMEOUT ${timeout}
    SKIP_RETURN_CODE 77
    ENVIRONMENT "WIREFOLD_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
endfunction()
